"""Requests that wait: long polls and event streams, around the application and not inside it.

A view would hold a thread and a connection to the database for as long as its request lasts. Here
a request that waits holds neither: now and then it looks, which is a short request of the same
caller through the whole application, so that who may see what is asked again each time.
"""
