-- All members of an index.

-- Keys that one command gets at most.
local CHUNK = 500

-- The rows of an index: members, texts. Members without a row are in a list of their own. Nothing is written before all
-- is read, so that a script which meets a slot on the move fails as a whole.
local function rows_of_index(key)
  local base = base_of(key)
  local members, found, texts, stale = call('ZRANGE', key, 0, -1), {}, {}, {}
  for first = 1, #members, CHUNK do
    local last, keys = math.min(first + CHUNK - 1, #members), {}
    for at = first, last do
      keys[#keys + 1] = key_of(base, members[at])
    end
    local part = call('MGET', unpack(keys))
    for at = first, last do
      local text = part[at - first + 1]
      if text then
        found[#found + 1], texts[#texts + 1] = members[at], text
      else
        stale[#stale + 1] = members[at]
      end
    end
  end
  return found, texts, stale
end

local function in_chunks(command, key, items)
  for first = 1, #items, CHUNK do
    local last = math.min(first + CHUNK - 1, #items)
    if key then
      call(command, key, unpack(items, first, last))
    else
      call(command, unpack(items, first, last))
    end
  end
end

local function end_all(index, members)
  local base, keys = base_of(index), {}
  for at, member in ipairs(members) do
    keys[at] = key_of(base, member)
  end
  in_chunks('DEL', nil, keys)
  in_chunks('ZREM', index, members)
end

