-- KEYS: meta key. ARGV: a place key, for when there is none. Stops every sign-in that has begun.
call('HSETNX', KEYS[1], 'key', ARGV[1])
local epoch = math.max(tonumber(call('HGET', KEYS[1], 'epoch') or '0') + 1, floor(now_ms() / 1000))
call('HSET', KEYS[1], 'epoch', string.format('%.0f', epoch))
return DONE
