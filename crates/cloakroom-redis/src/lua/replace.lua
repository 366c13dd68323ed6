-- KEYS: session, and the index of its new subject if it has one.
-- ARGV: channel, version that was seen, flags, created, last seen, expires, subject or nothing, tail, its
--   member.
local now = now_ms()
local row, busy = live_row(KEYS[1], now)
if not row or busy then
  return { busy or GONE }
end
if row.version ~= tonumber(ARGV[2]) then
  return { LOST }
end
local base, member = base_of(KEYS[1]), ARGV[9]
row.version = row.version + 1
row.flags = tonumber(ARGV[3])
row.created = get_time(ARGV[4], 1)
row.seen = later(get_time(ARGV[5], 1), row.seen)
row.expires = later(get_time(ARGV[6], 1), row.expires)
row.tail = ARGV[8]
if row.subject ~= '' and row.subject ~= ARGV[7] then
  call('ZREM', index_of(base, row.subject), member)
end
if ARGV[7] ~= '' then
  add_to_index(base, ARGV[7], member, row.expires, now)
end
set_row(KEYS[1], write_row(row), row.expires, now)
tell(ARGV[1], base, { member })
return { DONE, string.format('%.0f', row.version) }
