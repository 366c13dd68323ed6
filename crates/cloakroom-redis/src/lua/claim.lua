-- KEYS: session to replace. ARGV: version that was seen, claim, its length in milliseconds.
local now = now_ms()
local row, busy = live_row(KEYS[1], now)
if not row or busy then
  return busy or GONE
end
if row.version ~= tonumber(ARGV[1]) then
  return LOST
end
row.claim, row.claimed_until = ARGV[2], now + tonumber(ARGV[3])
call('SET', KEYS[1], write_row(row), 'KEEPTTL')
return DONE
