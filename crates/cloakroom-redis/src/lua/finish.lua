-- KEYS: session that was replaced. ARGV: channel, claim, its member. DONE only for whoever still has the claim.
local text = call('GET', KEYS[1])
local row = text and read_row(text)
if not row or row.claim ~= ARGV[2] then
  return GONE
end
end_row(KEYS[1], row, ARGV[3])
tell(ARGV[1], base_of(KEYS[1]), { ARGV[3] })
return DONE
