from grader import Mistake, Variant

mistakes = []
variants = []
