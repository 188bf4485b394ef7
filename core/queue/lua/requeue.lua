-- Puts dead letters back onto the intake with the bytes that their producers wrote, each in the step that removes it.
--
-- KEYS     the dead letters, the intake
-- ARGV     prefix, then the ids of the dead letters
-- Returns  for each `requeued`, `gone` (no such letter) or `malformed` (it would be refused again)
--
-- The ledger has the job as failed and would answer it with that: it is forgotten, so that the job runs.
local prefix = ARGV[1]
local dead, intake = KEYS[1], KEYS[2]

local function requeue(id)
  local found = redis.call('XRANGE', dead, id, id)[1]
  if not found then return 'gone' end
  local text = job_text(found[2])
  local job = field(found[2], 'reason') ~= 'malformed' and peek(text)
  if not job then return 'malformed' end
  redis.call('XADD', intake, '*', 'job', text)
  local ledger = prefix .. ':job:' .. job.id
  if redis.call('HGET', ledger, 'state') == 'failed' then redis.call('DEL', ledger) end
  redis.call('XDEL', dead, id)
  return 'requeued'
end

local answers = {}
for i = 2, #ARGV do answers[#answers + 1] = requeue(ARGV[i]) end
return answers
