-- KEYS: session that is not replaced after all. ARGV: claim.
local text = call('GET', KEYS[1])
local row = text and read_row(text)
if not row or row.claim ~= ARGV[1] then
  return GONE
end
row.claim = nil
call('SET', KEYS[1], write_row(row), 'KEEPTTL')
return DONE
