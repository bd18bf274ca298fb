print("llmgw")
