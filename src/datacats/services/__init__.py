"""What should run: one file per service, each a pure function of a SiteContext."""
