"""Entry point of the connector image: `python main.py spec | check | discover | read | catalog | sync`."""

from source_sentry.run import main

if __name__ == "__main__":
    main()
