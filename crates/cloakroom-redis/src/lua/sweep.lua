-- KEYS: sessions, of any subjects. Ends each together with the others of its subject; how many ended.
local ended = 0
for _, key in ipairs(KEYS) do
  local text = call('GET', key)
  if text then
    local row = read_row(text)
    if row.subject ~= '' then
      local index = index_of(base_of(key), row.subject)
      local members = rows_of_index(index)
      end_all(index, members)
      call('DEL', index)
      ended = ended + #members
    end
    -- It is in its index, or a visitor's.
    ended = ended + call('DEL', key)
  end
end
return ended
