-- KEYS: session. ARGV: last seen, expires.
local now = now_ms()
local row, busy = live_row(KEYS[1], now)
if not row or busy then
  return busy or GONE
end
local seen, expires = get_time(ARGV[1], 1), get_time(ARGV[2], 1)
if not is_later(seen, row.seen) and not is_later(expires, row.expires) then
  return DONE
end
row.seen, row.expires = later(seen, row.seen), later(expires, row.expires)
if row.subject ~= '' then
  -- While a slot moves, the index may be elsewhere; the next touch catches up.
  pcall(keep_index, index_of(base_of(KEYS[1]), row.subject), row.expires, now)
end
set_row(KEYS[1], write_row(row), row.expires, now)
return DONE
