-- KEYS: session. ARGV: channel, its member.
local row, busy = live_row(KEYS[1], now_ms())
if not row or busy then
  return busy or GONE
end
end_row(KEYS[1], row, ARGV[2])
tell(ARGV[1], base_of(KEYS[1]), { ARGV[2] })
return DONE
