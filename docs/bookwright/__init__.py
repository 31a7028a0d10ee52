"""What this site adds to MkDocs: blocks that run, and what is made and checked of them.

`plugin` has the events of MkDocs, `settings` what differs from book to book. A page is read in
`pages`, its blocks run in `blocks`, what came of them is checked in `checks` and becomes HTML in
`rendering`; `takeaways` makes what readers download.
"""
