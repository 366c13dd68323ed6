-- KEYS: session that was created and that nobody has been told of. ARGV: channel, its member.
local text = call('GET', KEYS[1])
if not text then
  return GONE
end
end_row(KEYS[1], read_row(text), ARGV[2])
tell(ARGV[1], base_of(KEYS[1]), { ARGV[2] })
return DONE
