-- Head tells of the last line of a log.
-- KEYS     1 meta, 2 heads
-- ARGV     the log
-- Returns  number and hash, 0 and "" when there never was a line
-- Why      it outlives the lines.

local seq, hash = string.match(redis.call('HGET', KEYS[2], ARGV[1]) or '', '^(%d+):(%x+)$')
return {tonumber(seq) or 0, hash or ''}
