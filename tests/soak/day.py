def day_row(folder, hours, seed):
    return []
