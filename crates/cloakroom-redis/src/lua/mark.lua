-- KEYS: a key that nobody reads. Something to wait for: what was written before it has arrived when it has.
call('SET', KEYS[1], '', 'PX', 1)
return DONE
