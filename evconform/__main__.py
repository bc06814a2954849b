from evconform.cli import main

main()
