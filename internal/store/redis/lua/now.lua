-- Now tells the store's time.
-- KEYS     1 meta
-- ARGV     none
-- Returns  milliseconds since 1970
-- Why      all scripts reckon in this time and in no other.

return now
