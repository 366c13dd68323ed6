-- KEYS: session. ARGV: channel.
local row, busy = live_row(KEYS[1], now_ms())
if not row or busy then
  return busy or GONE
end
end_row(KEYS[1], row)
tell(ARGV[1], base_of(KEYS[1]), { member_of(KEYS[1]) })
return DONE
