"""Make what can be taken away of a built site: ``cd book && python -m kit.build.take_away``."""

from kit.build.take_away.command import main

raise SystemExit(main())
