"""What happened in a team's projects, told to addresses that the team names."""
