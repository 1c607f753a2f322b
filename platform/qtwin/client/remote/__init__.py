"""Projects, jobs, twins and campaigns on a server, by their ids: any process can take them up."""
