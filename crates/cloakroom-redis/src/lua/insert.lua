-- KEYS: session; with a subject: its index, its fence; then, as ARGV says: the session to replace, the meta key.
-- ARGV: channel, row, expires, subject or nothing, whether KEYS has a session to replace and a meta key, version that was
--   seen of the former, place key, fence of everyone and of the subject or nothing, cap or nothing, its policy, now,
--   the session's member, that of the session to replace.
local key, channel, subject, place_key = KEYS[1], ARGV[1], ARGV[4], ARGV[8]
local next_key = subject == '' and 2 or 4
local now = now_ms()
local base = base_of(key)

if ARGV[6] == '1' then
  local meta = call('HMGET', KEYS[#KEYS], 'key', 'epoch')
  if subject ~= '' and meta[1] ~= place_key then
    return { ESTRANGED }
  end
  if ARGV[9] ~= '' and meta[2] ~= ARGV[9] then
    return { FENCED }
  end
end
if ARGV[10] ~= '' and tonumber(call('GET', KEYS[3]) or '0') > tonumber(ARGV[10]) then
  return { FENCED }
end

local old, busy
if ARGV[5] == '1' then
  old, busy = live_row(KEYS[next_key], now)
  if not old or busy then
    return { busy or GONE }
  end
  if old.version ~= tonumber(ARGV[7]) then
    return { LOST }
  end
end
if call('EXISTS', key) == 1 then
  return { DUPLICATE }
end

local evicted, stale = {}, {}
if ARGV[11] ~= '' then
  local live, moment, replaced = {}, get_time(ARGV[13], 1), ''
  if old and old.subject == subject then
    replaced = ARGV[15]
  end
  local members, texts
  members, texts, stale = rows_of_index(KEYS[2])
  for at, member in ipairs(members) do
    local row = read_row(texts[at])
    if member ~= replaced and is_later(row.expires, moment) then
      -- An index has its members in the order of their IDs.
      live[#live + 1] = { at = #live, created = row.created, member = member }
    end
  end
  local excess = #live + 1 - tonumber(ARGV[11])
  if excess > 0 and ARGV[12] == 'refuse' then
    return { FULL }
  end
  table.sort(live, function(one, other)
    if one.created[1] == other.created[1] and one.created[2] == other.created[2] then
      return one.at < other.at
    end
    return is_later(other.created, one.created)
  end)
  for at = 1, excess do
    evicted[at] = live[at].member
  end
end

in_chunks('ZREM', KEYS[2], stale)
if #evicted > 0 then
  end_all(KEYS[2], evicted)
  tell(channel, base, evicted)
end
if old then
  local old_key = KEYS[next_key]
  end_row(old_key, old, ARGV[15])
  tell(channel, base_of(old_key), { ARGV[15] })
end
local expires = get_time(ARGV[3], 1)
set_row(key, ARGV[2], expires, now)
if subject ~= '' then
  add_to_index(base, subject, ARGV[14], expires, now)
end
return { DONE, evicted }
