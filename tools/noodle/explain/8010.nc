$ noodle cert show notes.txt
error 8010: notes.txt holds no certificate
