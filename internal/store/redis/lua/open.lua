-- Open begins a store, or finds out which schema it has.
-- KEYS     1 meta
-- ARGV     the schema of this build
-- Returns  the schema that is there
-- Why      a store that cannot be written is found out at the start.

redis.call('HSETNX', KEYS[1], 'schema', ARGV[1])
keep_time()
return tonumber(redis.call('HGET', KEYS[1], 'schema'))
