print("muster-bench")
