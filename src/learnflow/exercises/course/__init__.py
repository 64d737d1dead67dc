"""A course as files: folders a teacher writes in an editor and reviews in a pull request.

    course.yaml                      title, language, modules (folders in order)
    <module>/module.yaml             title, number, description, topics, exercises (folders in order)
    <module>/<slug>/exercise.yaml    title, topic, difficulty, hints, cases, limits, solution_policy
    <module>/<slug>/description.md, starter.py, solution.py
    <module>/<slug>/wrong/*.py       typical wrong answers, each naming the case that catches it

The folder's name is the exercise's slug, the module's title is its `module`. Reading judges nothing; `check` is handed
what judges.
"""
