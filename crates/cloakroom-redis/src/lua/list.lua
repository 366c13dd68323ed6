-- KEYS: index, fence, and the meta key where it can be asked. ARGV: place key.
if KEYS[3] and call('HGET', KEYS[3], 'key') ~= ARGV[1] then
  return { ESTRANGED }
end
local members, texts, stale = rows_of_index(KEYS[1])
in_chunks('ZREM', KEYS[1], stale)
return { DONE, members, texts }
