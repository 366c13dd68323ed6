-- KEYS: index, fence, and the meta key where it can be asked. ARGV: place key, channel, member to spare or nothing.
if KEYS[3] and call('HGET', KEYS[3], 'key') ~= ARGV[1] then
  return { ESTRANGED }
end
local members, _, stale = rows_of_index(KEYS[1])
local ended = {}
for _, member in ipairs(members) do
  if member ~= ARGV[3] then
    ended[#ended + 1] = member
  end
end
-- Seconds keep the count from beginning anew below an old fence when it has been dropped.
local fence = math.max(tonumber(call('GET', KEYS[2]) or '0') + 1, floor(now_ms() / 1000))
call('SET', KEYS[2], string.format('%.0f', fence), 'PX', MARGIN_MS)
in_chunks('ZREM', KEYS[1], stale)
end_all(KEYS[1], ended)
tell(ARGV[2], base_of(KEYS[1]), ended)
return { DONE, ended }
