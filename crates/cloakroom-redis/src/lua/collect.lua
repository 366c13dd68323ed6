-- KEYS: sessions, of any subjects. ARGV: now. Removes those that expire at or before now; how many.
local removed, moment = 0, get_time(ARGV[1], 1)
for _, key in ipairs(KEYS) do
  local text = call('GET', key)
  if text then
    local row = read_row(text)
    if not is_later(row.expires, moment) then
      end_row(key, row, row.subject ~= '' and member_of(key))
      removed = removed + 1
    end
  end
end
return removed
