package cli

var WriteTable = writeTable
