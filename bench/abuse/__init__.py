"""One tenant does its worst while another asks questions: what does the other notice?"""
