-- Due tells when the next entry of a queue can be claimed.
-- KEYS     1 meta, 2 stream, 3 sorted set
-- ARGV     stem of the entries
-- Returns  milliseconds from now, -1 when the queue is empty
-- Why      the stream is read in order: if anything on it waits, the last one does.

local last = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)[1]
if last and redis.call('HEXISTS', ARGV[1] .. last[2][2], 'fence') == 0 then return 0 end
local first = redis.call('ZRANGE', KEYS[3], 0, 0, 'WITHSCORES')
if not first[1] then return -1 end
return math.max(0, tonumber(first[2]) - now)
