"""The decision as Redis makes it: the counting of ring.py in Lua, one call for all subjects.

KEYS are the subjects' keys. ARGV[1] is MessagePack: [now_us, demand…] with a demand per key,
[cost, length_s, amount, length_s, amount…]; now_us 0 asks for the server's own time. The reply is
MessagePack: [admitted, now_us, spent, freeing bucket, spent, freeing bucket…] in the order asked.

A key holds the subject's rings, MessagePack too: one array a window, as ring.py describes it. It
is written only when something was spent, and expires a minute after nothing in it counts.
"""

from typing import Final

from app.gateway.limiter.ring import BUCKETS

SCRIPT: Final = """
local BUCKETS, KEPT = $BUCKETS, $BUCKETS + 1
local LENGTH, NEWEST, SPENT, OLDEST, SLOTS = 1, 2, 3, 4, 5

local function carry_back(ring, bucket)
  local newest, by_age = ring[NEWEST], {}
  for age = 0, BUCKETS do by_age[age] = ring[SLOTS + (newest - age) % KEPT] end
  for age = 0, BUCKETS do ring[SLOTS + (bucket - age) % KEPT] = by_age[age] end
  ring[OLDEST] = ring[OLDEST] + bucket - newest
  ring[NEWEST] = bucket
end

local function turn(ring, bucket)
  local newest = ring[NEWEST]
  ring[NEWEST] = bucket
  if ring[SPENT] == 0 then return end
  local first = bucket - BUCKETS
  for oldest = math.max(ring[OLDEST], newest - BUCKETS), newest do
    local slot = SLOTS + oldest % KEPT
    if oldest < first then
      ring[SPENT] = ring[SPENT] - ring[slot]
      ring[slot] = 0
    elseif ring[slot] > 0 then
      ring[OLDEST] = oldest
      return
    end
  end
end

local function laid_out(rings, length, tick)
  local source
  for _, ring in ipairs(rings) do
    if ring[LENGTH] == length then return ring, false end
    if not source or ring[LENGTH] > source[LENGTH] then source = ring end
  end
  local newest = math.floor(tick / length)
  local fresh = {length, newest, 0, newest}
  for slot = SLOTS, SLOTS + BUCKETS do fresh[slot] = 0 end
  if not source then return fresh, false end
  for bucket = source[NEWEST] - BUCKETS, source[NEWEST] do
    local count = source[SLOTS + bucket % KEPT]
    local at = math.floor(math.min((bucket + 1) * source[LENGTH] - 1, tick) / length)
    if count > 0 and at >= newest - BUCKETS then
      local slot = SLOTS + at % KEPT
      fresh[slot] = fresh[slot] + count
      fresh[SPENT] = fresh[SPENT] + count
      fresh[OLDEST] = math.min(fresh[OLDEST], at)
    end
  end
  return fresh, true
end

local function freeing_bucket(ring, lacking)
  local bucket = ring[OLDEST]
  local freed = ring[SLOTS + bucket % KEPT]
  while freed < lacking and bucket < ring[NEWEST] do
    bucket = bucket + 1
    freed = freed + ring[SLOTS + bucket % KEPT]
  end
  return bucket + KEPT
end

local function kept_at(key)
  local raw = redis.pcall('GET', key)
  if type(raw) ~= 'string' then return {} end
  local sound, rings = pcall(cmsgpack.unpack, raw)
  if not sound or type(rings) ~= 'table' then return {} end
  for _, ring in ipairs(rings) do
    if type(ring) ~= 'table' or #ring ~= SLOTS + BUCKETS then return {} end
  end
  return rings
end

local asked = cmsgpack.unpack(ARGV[1])
local now_us = asked[1]
local seconds = math.floor(now_us / 1000000)
local rest_us = now_us % 1000000
if now_us == 0 then
  local time = redis.call('TIME')
  seconds, rest_us = tonumber(time[1]), tonumber(time[2])
  now_us = seconds * 1000000 + rest_us
end
local tick = seconds * 60 + math.floor(rest_us * 60 / 1000000)

local admitted = true
local settled, moved = {}, {}
for place, key in ipairs(KEYS) do
  local demand = asked[place + 1]
  local before, rings = kept_at(key), {}
  for at = 2, #demand, 2 do
    local ring, is_new = laid_out(before, demand[at], tick)
    local bucket = math.floor(tick / demand[at])
    if bucket > ring[NEWEST] then
      turn(ring, bucket)
    elseif bucket < ring[NEWEST] - BUCKETS then
      carry_back(ring, bucket)
      is_new = true
    end
    moved[place] = moved[place] or is_new
    if ring[SPENT] + math.min(demand[1], demand[at + 1]) > demand[at + 1] then
      admitted = false
    end
    rings[#rings + 1] = ring
  end
  settled[place] = rings
end

local reply = {admitted, now_us}
for place, key in ipairs(KEYS) do
  local demand = asked[place + 1]
  local longest = 0
  for index, ring in ipairs(settled[place]) do
    local amount = demand[2 * index + 1]
    local cost = math.min(demand[1], amount)
    if admitted and cost > 0 then
      if ring[SPENT] == 0 then ring[OLDEST] = ring[NEWEST] end
      local slot = SLOTS + ring[NEWEST] % KEPT
      ring[slot] = ring[slot] + cost
      ring[SPENT] = ring[SPENT] + cost
    end
    longest = math.max(longest, ring[LENGTH])
    reply[#reply + 1] = ring[SPENT]
    reply[#reply + 1] = 0
    if ring[SPENT] > 0 then
      reply[#reply] = freeing_bucket(ring, ring[SPENT] + cost - amount)
    end
  end
  if moved[place] or (admitted and demand[1] > 0) then
    local lifetime = math.ceil(longest * KEPT / BUCKETS) + 60
    redis.call('SET', key, cmsgpack.pack(settled[place]), 'EX', lifetime)
  end
end
return cmsgpack.pack(reply)
""".replace("$BUCKETS", str(BUCKETS))
