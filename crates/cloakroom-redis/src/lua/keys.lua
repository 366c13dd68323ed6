-- Keys, and single members of an index.
--
-- A session's key begins with its base, which ends with the tag in braces and a colon. A member of an index is the first 14
-- octets of an ID; the session's key has them in base64url after the base.

local function base_of(key)
  return string.match(key, '^[^{]*{....}:')
end

local DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

local function value_of(digit)
  if digit >= 97 then
    return digit - 71
  elseif digit == 95 then
    return 63
  elseif digit >= 65 then
    return digit - 65
  end
  return digit == 45 and 62 or digit + 4
end

local function key_of(base, member)
  local out = { base }
  for at = 1, #member, 3 do
    local one, two, three = byte(member, at, at + 2)
    local bits = one * 65536 + (two or 0) * 256 + (three or 0)
    for place = 0, three and 3 or 2 do
      local digit = floor(bits / 64 ^ (3 - place)) % 64 + 1
      out[#out + 1] = sub(DIGITS, digit, digit)
    end
  end
  return table.concat(out)
end

-- What a session is called in an index.
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

local function add_to_index(session, subject, expires, now)
  local key = index_of(base_of(session), subject)
  local is_new = call('EXISTS', key) == 0
  call('ZADD', key, 0, member_of(session))
  if is_new then
    local at = drop_at(expires, now)
    if at then
      call('PEXPIREAT', key, string.format('%.0f', at + INDEX_SLACK_MS))
    end
  else
    keep_index(key, expires, now)
  end
end

local function end_row(key, row)
  if row.subject ~= '' then
    call('ZREM', index_of(base_of(key), row.subject), member_of(key))
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

