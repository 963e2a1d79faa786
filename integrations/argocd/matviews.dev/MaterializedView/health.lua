-- A refresh that failed, and data that are old, leave a view Healthy: they are served, and must
-- fail no sync. Deletion never comes here: Argo CD calls that Progressing by itself.
local status = obj.status or {}

local conditions = {}
for _, condition in ipairs(status.conditions or {}) do
  conditions[condition.type] = condition
end

local function health(word, condition)
  return {status = word, message = condition.reason .. ": " .. condition.message}
end

local ready = conditions.Ready
if ready == nil or status.observedGeneration ~= obj.metadata.generation then
  return {status = "Progressing", message = "the operator has not looked at it yet"}
end
-- Goes on when somebody approves, as a paused Rollout does.
if ready.reason == "ChangePendingApproval" then
  return health("Suspended", ready)
end
if conditions.Stalled ~= nil then
  return health("Degraded", conditions.Stalled)
end
if obj.spec.suspend and (ready.status == "True" or ready.reason == "Suspended") then
  return health("Suspended", ready)
end
if ready.status ~= "True" then
  return health("Progressing", ready)
end
for _, name in ipairs({"Refreshed", "Fresh"}) do
  if conditions[name] ~= nil and conditions[name].status == "False" then
    return health("Healthy", conditions[name])
  end
end
return health("Healthy", conditions.Drifted or ready)
