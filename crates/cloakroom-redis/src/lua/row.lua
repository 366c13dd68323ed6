-- Rows. Every script begins with this.
--
-- A time is two numbers, its high and its low 32 bits, since a number of Lua holds 53 bits exactly.

local byte, char, sub, floor, call = string.byte, string.char, string.sub, math.floor, redis.call
local WIDE, CLAIMED, FIRST, UNSEEN, SECONDS = 1, 8, 16, 32, 64
-- From when on, and until when, a beginning is five octets of milliseconds: from 2020 to 2054.
local EPOCH_MS, EPOCH_END_MS = 1577836800000, 1577836800000 + 1099511627776
local GONE, DONE, LOST, BUSY, FULL, FENCED, DUPLICATE, ESTRANGED = 0, 1, 2, 3, 4, 5, 6, 7
-- Redis may drop a row this long after its end, in milliseconds: it only collects rubbish.
local MARGIN_MS, INDEX_SLACK_MS = 86400000, 86400000

local function has(flags, bit)
  return floor(flags / bit) % 2 == 1
end

local function now_ms()
  local time = call('TIME')
  return tonumber(time[1]) * 1000 + floor(tonumber(time[2]) / 1000)
end

local function get_varint(text, at)
  local value, unit = 0, 1
  while true do
    local octet = byte(text, at)
    at = at + 1
    if octet < 128 then
      return value + octet * unit, at
    end
    value = value + (octet - 128) * unit
    unit = unit * 128
  end
end

local function put_varint(value)
  local out = {}
  while value >= 128 do
    out[#out + 1] = char(value % 128 + 128)
    value = floor(value / 128)
  end
  out[#out + 1] = char(value)
  return table.concat(out)
end

local function split(value)
  local high = floor(value / 4294967296)
  return { high, value - high * 4294967296 }
end

local function get_time(text, at)
  local high, low = struct.unpack('>I4I4', text, at)
  return { high, low }
end

local function is_later(one, other)
  return one[1] > other[1] or (one[1] == other[1] and one[2] > other[2])
end

local function later(one, other)
  return is_later(one, other) and one or other
end

-- A time as a number, exactly; nil when no number of Lua holds it.
local function exact(time)
  if time[1] < 65536 then
    return time[1] * 4294967296 + time[2]
  end
end

local function read_row(text)
  local row = { flags = byte(text, 1) }
  local at = 2
  if has(row.flags, CLAIMED) then
    row.claim = sub(text, 2, 9)
    row.claimed_until, at = get_varint(text, 10)
  end
  if has(row.flags, FIRST) then
    row.version = 1
  else
    row.version, at = get_varint(text, at)
  end
  if has(row.flags, WIDE) then
    row.created, row.seen, row.expires = get_time(text, at), get_time(text, at + 8), get_time(text, at + 16)
    at = at + 24
  else
    local high, low = struct.unpack('>I1I4', text, at)
    local created, since, left = EPOCH_MS + high * 4294967296 + low, 0, nil
    at = at + 5
    if not has(row.flags, UNSEEN) then
      since, at = get_varint(text, at)
    end
    left, at = get_varint(text, at)
    if has(row.flags, SECONDS) then
      left = left * 1000
    end
    row.created, row.seen, row.expires = split(created), split(created + since), split(created + since + left)
  end
  -- What is left of them is the kind of the address; the others are set anew when the row is written.
  row.flags = row.flags % 8 - row.flags % 2
  row.tail = sub(text, at)
  local kind = floor(row.flags / 2) % 4
  local address = kind == 0 and 0 or kind == 1 and 4 or 16
  row.subject = sub(row.tail, address + 2, address + 1 + byte(row.tail, address + 1))
  return row
end

local function write_row(row)
  local flags, times = row.flags, nil
  local created, seen, expires = exact(row.created), exact(row.seen), exact(row.expires)
  if created and seen and expires and EPOCH_MS <= created and created < EPOCH_END_MS and created <= seen
    and seen <= expires then
    local since, left = seen - created, expires - seen
    local high = split(created - EPOCH_MS)
    times = struct.pack('>I1I4', high[1], high[2])
    if since == 0 then
      flags = flags + UNSEEN
    else
      times = times .. put_varint(since)
    end
    if left % 1000 == 0 then
      flags, left = flags + SECONDS, left / 1000
    end
    times = times .. put_varint(left)
  else
    flags = flags + WIDE
    times = struct.pack('>I4I4I4I4I4I4', row.created[1], row.created[2], row.seen[1], row.seen[2],
      row.expires[1], row.expires[2])
  end
  local claim, version = '', ''
  if row.claim then
    flags = flags + CLAIMED
    claim = row.claim .. put_varint(row.claimed_until)
  end
  if row.version == 1 then
    flags = flags + FIRST
  else
    version = put_varint(row.version)
  end
  return char(flags) .. claim .. version .. times .. row.tail
end

-- When Redis may drop a row of this end; nil for never.
local function drop_at(expires, now)
  local at = exact(expires)
  return at and math.max(at, now) + MARGIN_MS
end

local function set_row(key, text, expires, now)
  local at = drop_at(expires, now)
  if at then
    call('SET', key, text, 'PXAT', string.format('%.0f', at))
  else
    call('SET', key, text)
  end
end

-- The row; nil when there is none; BUSY as the second value while somebody else replaces it.
local function live_row(key, now)
  local text = call('GET', key)
  if not text then
    return nil
  end
  local row = read_row(text)
  if row.claim and row.claimed_until > now then
    return row, BUSY
  end
  row.claim = nil
  return row
end

