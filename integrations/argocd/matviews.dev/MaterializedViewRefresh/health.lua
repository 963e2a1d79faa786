-- As of a Job, so that a sync hook waits for the run and fails with it.
local status = obj.status or {}

for _, condition in ipairs(status.conditions or {}) do
  local message = condition.reason .. ": " .. condition.message
  if condition.type == "Complete" then
    return {status = "Healthy", message = message}
  end
  if condition.type == "Failed" then
    return {status = "Degraded", message = message}
  end
end
if status.startTime ~= nil then
  return {status = "Progressing", message = "runs since " .. status.startTime}
end
return {status = "Progressing", message = "waits: " .. (status.reason or "not looked at yet")}
