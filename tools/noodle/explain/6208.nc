$ noodle shell
error 6208: the link to beta broke before the answer came
