$ noodle node
error 6202: it has worked on one message for 3012 ms: Msg<wire::RunProgram>
