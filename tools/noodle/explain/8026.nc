$ noodle token delegate job.token
error 8026: the token of job-7 cannot be delegated
