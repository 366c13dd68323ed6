-- KEYS: meta key. ARGV: a place key. What is there, or this if nothing is.
if call('HSETNX', KEYS[1], 'key', ARGV[1]) == 1 then
  call('HSET', KEYS[1], 'epoch', string.format('%.0f', floor(now_ms() / 1000)))
end
return call('HMGET', KEYS[1], 'key', 'epoch')
