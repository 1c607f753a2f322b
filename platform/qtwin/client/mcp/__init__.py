"""`qtwin mcp`: a server of the Model Context Protocol, by which an AI agent works with QTwin."""
