// A page of the staff that seals has none of the residents' scripts, only what closes a letter.
const sapa = {}
