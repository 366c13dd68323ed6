-- KEYS: session. The row, without a claim that has lapsed; BUSY while another replaces it.
local now = now_ms()
local text = call('GET', KEYS[1])
if not text then
  return false
end
local row = read_row(text)
if not row.claim then
  return text
end
if row.claimed_until > now then
  return BUSY
end
row.claim = nil
text = write_row(row)
call('SET', KEYS[1], text, 'KEEPTTL')
return text
