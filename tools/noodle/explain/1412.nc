$ noodle lint reads_files.nc      (it says: requires filesystem.read)
warning 1412: there is no capability `filesystem.read`
