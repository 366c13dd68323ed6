-- Keys, and single members of an index.
--
-- A session's key begins with its base, which ends with the tag in braces and a colon. A member of an index is the first 14
-- octets of an ID; the session's key has them in base64url after the base.

local function base_of(key)
  return string.match(key, '^[^{]*{....}:')
end

local function code_of(value)
  if value < 26 then
    return value + 65
  elseif value < 52 then
    return value + 71
  elseif value < 62 then
    return value - 4
  end
  return value == 62 and 45 or 95
end

local function value_of(code)
  if code >= 97 then
    return code - 71
  elseif code == 95 then
    return 63
  elseif code >= 65 then
    return code - 65
  end
  return code == 45 and 62 or code + 4
end

local function key_of(base, member)
  local out = { base }
  for at = 1, #member, 3 do
    local one, two, three = byte(member, at, at + 2)
    local first, second = code_of(floor(one / 4)), code_of(one % 4 * 16 + floor(two / 16))
    if three then
      out[#out + 1] = char(first, second, code_of(two % 16 * 4 + floor(three / 64)), code_of(three % 64))
    else
      out[#out + 1] = char(first, second, code_of(two % 16 * 4))
    end
  end
  return table.concat(out)
end

-- What a session is called in an index, where the caller has not said so.
local function member_of(key)
  local out = {}
  for at = #base_of(key) + 1, #key, 4 do
    local one, two, three, four = byte(key, at, at + 3)
    local bits = value_of(one) * 262144 + value_of(two) * 4096 + value_of(three) * 64
      + (four and value_of(four) or 0)
    out[#out + 1] = char(floor(bits / 65536), floor(bits / 256) % 256) .. (four and char(bits % 256) or '')
  end
  return table.concat(out)
end

local function index_of(base, subject)
  return base .. 'u:' .. subject
end

-- Keeps an index as long as the longest of its rows. The slack spares most touches a write.
local function keep_index(key, expires, now)
  local at, left = drop_at(expires, now), call('PTTL', key)
  if left == -1 then
    return
  end
  if not at then
    call('PERSIST', key)
  elseif now + left < at then
    call('PEXPIREAT', key, string.format('%.0f', at + INDEX_SLACK_MS))
  end
end

local function add_to_index(base, subject, member, expires, now)
  local key = index_of(base, subject)
  local is_new = call('EXISTS', key) == 0
  call('ZADD', key, 0, member)
  if is_new then
    local at = drop_at(expires, now)
    if at then
      call('PEXPIREAT', key, string.format('%.0f', at + INDEX_SLACK_MS))
    end
  else
    keep_index(key, expires, now)
  end
end

local function end_row(key, row, member)
  if row.subject ~= '' then
    call('ZREM', index_of(base_of(key), row.subject), member)
  end
  call('DEL', key)
end

-- Tells what was written or has ended: the IDs, one after the other.
local function tell(channel, base, members)
  if #members == 0 then
    return
  end
  local tag, out = tonumber(sub(base, -6, -3), 16), {}
  local last = char(floor(tag / 256), tag % 256)
  for at, member in ipairs(members) do
    out[at] = member .. last
  end
  call('PUBLISH', channel, table.concat(out))
end

