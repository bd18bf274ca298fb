// The main function needs no declarations.
