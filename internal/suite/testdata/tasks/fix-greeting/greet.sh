#!/bin/bash
echo "hello, wrold"
