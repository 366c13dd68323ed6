-- KEYS: session that was created and that nobody has been told of. ARGV: channel.
local text = call('GET', KEYS[1])
if not text then
  return GONE
end
end_row(KEYS[1], read_row(text))
tell(ARGV[1], base_of(KEYS[1]), { member_of(KEYS[1]) })
return DONE
